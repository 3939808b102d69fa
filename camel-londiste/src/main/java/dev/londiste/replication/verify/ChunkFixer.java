package dev.londiste.replication.verify;

import java.util.List;

/** Finds out, and maybe does, what makes some rows equal. */
@FunctionalInterface
interface ChunkFixer {

    /** What is, or was, to be done for these keys; nothing for a row that is equal by now. */
    List<RowFix> fix(List<List<String>> keys);
}
