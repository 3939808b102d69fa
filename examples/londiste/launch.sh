# Runs one of the commands from the jar, which it builds first if it is missing. Sourced by the launchers.

home=$(dirname -- "$(readlink -f -- "$0")")
jar=$home/target/londiste.jar
archive=$home/target/londiste.jsa
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

# A command that answers at once gains nothing from a second compiler; a daemon does.
at_once="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# An archive of another JDK or of another jar is left alone in silence.
silence="-Xlog:cds=off -Xlog:cds+dynamic=off"

build() {
    echo "Building $jar ..." >&2
    (cd "$home/../.." && ./mvnw -q -Pcommand-line -DskipTests package) >&2
}

# Keeps the classes of a command as the JVM wants them, which starts in two thirds of the time with them. The command
# fails, since no server listens at port 1. Nothing depends on the archive: it comes into place in one step, and
# whoever reads the old one keeps it.
archive() {
    [ -w "$home/target" ] || return 0
    new=$archive.$$
    printf '[londiste]\njob_name=a\nprovider_db=host=127.0.0.1 port=1\nsubscriber_db=host=127.0.0.1 port=1\npgq_queue_name=a\n' >"$new.ini"
    "$java" $at_once $silence -XX:ArchiveClassesAtExit="$new" -cp "$jar" dev.londiste.examples.londiste.cli.Londiste \
        "$new.ini" provider tables >/dev/null 2>&1
    rm -f "$new.ini"
    [ -f "$new" ] || : >"$new" # A JVM that cannot do it is not asked again.
    mv -f "$new" "$archive"
}

launch() {
    command=$1
    shift
    quick=$at_once
    case " $* " in
    *" replay "* | *" ticker "* | *" demo "* | *" --daemon "* | *" -d"* | *" -"[a-z]d*) quick= ;;
    esac
    [ -f "$jar" ] || build || exit 1
    [ "$archive" -nt "$jar" ] || archive
    set -- -cp "$jar" "dev.londiste.examples.londiste.cli.$command" "$@"
    [ ! -s "$archive" ] || set -- $silence "-XX:SharedArchiveFile=$archive" "$@"
    # A shell that starts a job in the background makes it deaf to Ctrl-C; a daemon must hear it, since it means to stop.
    hearing=
    env --default-signal=INT true 2>/dev/null && hearing="env --default-signal=INT,HUP"
    # Unquoted on purpose: several words, or none.
    exec $hearing "$java" $quick "$@"
}
