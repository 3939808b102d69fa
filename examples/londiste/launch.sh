# Runs one of the commands from the jar, which it builds first if it is missing. Sourced by the launchers.

home=$(dirname -- "$(readlink -f -- "$0")")
jar=$home/target/londiste.jar
archive=$home/target/londiste.jsa

build() {
    echo "Building $jar ..." >&2
    (cd "$home/../.." && ./mvnw -q -Pcommand-line -DskipTests package) >&2
}

launch() {
    command=$1
    shift
    [ -f "$jar" ] || build || exit 1
    java=${JAVA_HOME:+$JAVA_HOME/bin/}java
    # A shell that starts a job in the background makes it deaf to Ctrl-C; a daemon must hear it, since it means to stop.
    if env --default-signal=INT true 2>/dev/null; then
        exec env --default-signal=INT,HUP "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -XX:SharedArchiveFile="$archive" \
            -cp "$jar" "dev.londiste.examples.londiste.cli.$command" "$@"
    fi
    exec "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -XX:SharedArchiveFile="$archive" \
        -cp "$jar" "dev.londiste.examples.londiste.cli.$command" "$@"
}
