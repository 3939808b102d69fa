package dev.londiste.examples.londiste.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkloadStepTest {

    @Test
    void headersSeparateTheSteps() {
        var steps = WorkloadStep.parse(
                "-- about\n\n-- 3 first\nselect 1;\n-- a comment\nselect 2;\n-- 1 second\nselect 3;\n");

        assertThat(steps)
                .containsExactly(
                        new WorkloadStep(3, "first", "\nselect 1;\n-- a comment\nselect 2;\n"),
                        new WorkloadStep(1, "second", "\nselect 3;\n"));
    }

    @Test
    void weightsSayHowOftenAStepIsTaken() {
        var steps = WorkloadStep.parse("-- 2 often\nselect 1\n-- 1 seldom\nselect 2\n");

        assertThat(WorkloadStep.at(steps, 0).name()).isEqualTo("often");
        assertThat(WorkloadStep.at(steps, 1).name()).isEqualTo("often");
        assertThat(WorkloadStep.at(steps, 2).name()).isEqualTo("seldom");
    }
}
