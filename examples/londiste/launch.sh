# Runs one of the commands from the jar, which it builds first if it is missing. Sourced by the launchers.

home=$(dirname -- "$(readlink -f -- "$0")")
jar=$home/target/londiste.jar

build() {
    echo "Building $jar ..." >&2
    (cd "$home/../.." && ./mvnw -q -Pcommand-line -DskipTests package) >&2
}

launch() {
    command=$1
    shift
    [ -f "$jar" ] || build || exit 1
    # A command that answers at once gains nothing from a second compiler; a daemon does.
    quick="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    case " $* " in
    *" replay "* | *" ticker "* | *" demo "*) quick= ;;
    esac
    # A shell that starts a job in the background makes it deaf to Ctrl-C; a daemon must hear it, since it means to stop.
    hearing=
    env --default-signal=INT true 2>/dev/null && hearing="env --default-signal=INT,HUP"
    # Unquoted on purpose: several words, or none.
    exec $hearing "${JAVA_HOME:+$JAVA_HOME/bin/}java" $quick -cp "$jar" "dev.londiste.examples.londiste.cli.$command" "$@"
}
