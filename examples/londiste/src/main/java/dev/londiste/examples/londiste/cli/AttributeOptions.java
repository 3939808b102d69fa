package dev.londiste.examples.londiste.cli;

import dev.londiste.replication.apply.OnConflict;
import dev.londiste.replication.apply.OnFailure;
import dev.londiste.replication.component.LondisteConstants;
import picocli.CommandLine.Option;

/** What is replicated of a table, and the policies of its changes. */
final class AttributeOptions {

    @Option(names = "--filter", paramLabel = "SQL", description = "Only rows of the provider that satisfy it.")
    private String filter;

    @Option(names = "--columns", paramLabel = "columns", description = "Only these columns, comma-separated.")
    private String columns;

    @Option(
            names = "--expressions",
            paramLabel = "JSON",
            description = "SQL in place of a column's value, by column, such as {\"email\": \"md5(email)\"}.")
    private String expressions;

    @Option(
            names = "--on-conflict",
            paramLabel = "policy",
            description = "Changes that do not fit the rows that are there: ${COMPLETION-CANDIDATES}.")
    private OnConflict onConflict;

    @Option(
            names = "--on-failure",
            paramLabel = "policy",
            description = "Changes that the subscriber refuses: ${COMPLETION-CANDIDATES}.")
    private OnFailure onFailure;

    Request addTo(Request request) {
        return request.with(LondisteConstants.ROW_FILTER, filter)
                .with(LondisteConstants.COLUMNS, columns)
                .with(LondisteConstants.COLUMN_EXPRESSIONS, expressions)
                .with(LondisteConstants.ON_CONFLICT, onConflict)
                .with(LondisteConstants.ON_FAILURE, onFailure);
    }
}
