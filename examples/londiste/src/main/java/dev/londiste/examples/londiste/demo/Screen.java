package dev.londiste.examples.londiste.demo;

/** Where the demo tells what goes on. Not thread-safe: one thread shows and says. */
interface Screen extends AutoCloseable {

    /** A drawing where the output is a terminal, plain lines where it is not. */
    static Screen open() {
        var live = LiveScreen.open();
        return live != null ? live : new PlainScreen(System.out);
    }

    /** A lasting line. */
    void say(String line);

    /** The present state, in place of the one shown before. */
    void show(Progress progress);

    @Override
    void close();
}
