package dev.londiste.pgq.component;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** The same again and again, for what happens only once in many times. */
@Tag("soak")
@Timeout(900)
class NothingLostSoakIT extends NothingLostIT {

    @Override
    int rounds() {
        return 40;
    }
}
