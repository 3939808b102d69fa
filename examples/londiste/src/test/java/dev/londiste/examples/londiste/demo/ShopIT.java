package dev.londiste.examples.londiste.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ShopIT {

    @Test
    void fillIsTheSameEachTimeAndEveryStepOfTheWorkloadChangesIt() throws Exception {
        try (var one = ShopServer.start("one");
                var two = ShopServer.start("two")) {
            one.fill(2_000);
            two.fill(2_000);
            var filled = Comparison.of(one.dataSource(), two.dataSource(), ShopServer.TABLES);

            assertThat(filled.equal()).isTrue();
            assertThat(filled.lines()).allMatch(line -> line.provider().rows() > 0);
            assertThat(filled.lines().stream()
                            .mapToLong(line -> line.provider().rows())
                            .sum())
                    .isEqualTo(2_000);

            for (var step : WorkloadStep.parse(Resource.text("workload.sql"))) {
                var before = checksums(one);
                // Seeded, so that chance finds rows each time.
                one.execute("select setseed(0.1);\n" + step.sql());
                assertThat(checksums(one)).as(step.name()).isNotEqualTo(before);
            }
            assertThat(Comparison.of(one.dataSource(), two.dataSource(), ShopServer.TABLES)
                            .equal())
                    .isFalse();
        }
    }

    private static List<TableChecksum> checksums(ShopServer shop) throws Exception {
        return Comparison.of(shop.dataSource(), shop.dataSource(), ShopServer.TABLES).lines().stream()
                .map(Comparison.Line::provider)
                .toList();
    }
}
