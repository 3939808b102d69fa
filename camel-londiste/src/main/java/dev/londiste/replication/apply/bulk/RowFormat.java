package dev.londiste.replication.apply.bulk;

import dev.londiste.pgq.change.Row;
import dev.londiste.replication.apply.target.RowMapping.Mapped;
import java.util.List;

/** A format of COPY. */
interface RowFormat {

    /** What the statement says of it. */
    String option();

    /** What stands before the rows. */
    void begin(RowBuffer buffer);

    /** Answers false when this format has no room for a value of the row; nothing of it is in the buffer then. */
    boolean row(Row row, List<Mapped> columns, RowBuffer buffer);

    /** What stands after the rows. */
    void end(RowBuffer buffer);
}
