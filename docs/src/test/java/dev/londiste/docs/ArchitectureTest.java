package dev.londiste.docs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Rules on the classes of all modules together. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.londiste.pgq", "dev.londiste.replication", "dev.londiste.examples");

    @Test
    void onlyComponentPackagesKnowCamel() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.londiste.pgq..", "dev.londiste.replication..")
                .and()
                .resideOutsideOfPackage("..component..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.camel..")
                .check(CLASSES);
    }

    @Test
    void queueDoesNotKnowReplication() {
        noClasses()
                .that()
                .resideInAPackage("dev.londiste.pgq..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.londiste.replication..")
                .check(CLASSES);
    }

    @Test
    void componentsDoNotKnowTheExamples() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.londiste.examples..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.londiste.examples..")
                .check(CLASSES);
    }

    /** No thread waits for something that cannot wake it. */
    @Test
    void nobodySleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(TimeUnit.class, "sleep", long.class)
                .check(CLASSES);
    }

    @Test
    void everyPackageBelongsToOneModule() {
        var modules = CLASSES.stream()
                .collect(Collectors.groupingBy(
                        JavaClass::getPackageName, Collectors.mapping(ArchitectureTest::module, Collectors.toSet())));

        assertThat(modules).isNotEmpty().allSatisfy((name, of) -> assertThat(of).hasSize(1));
        assertThat(modules.values().stream().flatMap(Set::stream).distinct()).hasSizeGreaterThan(1);
    }

    private static String module(JavaClass type) {
        var source = type.getSource().orElseThrow().getUri().toString();
        return Path.of(source.replaceAll("^jar:|!.*$|^file:", "").replaceAll("file:", ""))
                .toString()
                .replaceAll("/target/.*", "");
    }
}
