package dev.londiste.examples.benchmark;

/** From adding a full table to its being in step. */
record CopyBenchmark(int rows) implements Trial<Replication.Maker> {

    @Override
    public String name() {
        return "copy";
    }

    @Override
    public String unit() {
        return "s";
    }

    @Override
    public Figure.Better better() {
        return Figure.Better.SMALLER;
    }

    @Override
    public double measure(Servers servers, Replication.Maker way) throws Exception {
        try (var round = Round.of(servers, way)) {
            round.provider().execute(Workloads.fill(rows));
            long start = System.nanoTime();
            round.replication().addTable();
            double seconds = (System.nanoTime() - start) / 1e9;
            round.verify();
            return seconds;
        }
    }
}
