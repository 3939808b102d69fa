package dev.londiste.replication.apply.target;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;

/** The values of a column, or position, of many rows as one parameter of a statement. Immutable. */
public sealed interface ArrayParameter {

    /** Characters. The driver copies texts more often than a literal, which large ones must not be. */
    int MOST_TEXT = 1 << 20;

    void bind(PreparedStatement statement, int position) throws SQLException;

    /** Values of any type, in PostgreSQL's text of an array, made at once. */
    static ArrayParameter of(List<String> values) {
        return new AsLiteral(ArrayLiteral.of(values));
    }

    /** Texts. The driver sends them with their lengths: the server takes them as they are, and looks for no quotes. */
    static ArrayParameter ofTexts(List<String> values) {
        long chars = 0;
        for (var value : values) {
            chars += value == null ? 0 : value.length();
        }
        return chars > MOST_TEXT ? of(values) : new AsTexts(values);
    }

    /** An array literal. */
    record AsLiteral(String literal) implements ArrayParameter {
        @Override
        public void bind(PreparedStatement statement, int position) throws SQLException {
            statement.setObject(position, literal, Types.OTHER);
        }
    }

    /** An array of type text. */
    record AsTexts(List<String> texts) implements ArrayParameter {
        @Override
        public void bind(PreparedStatement statement, int position) throws SQLException {
            statement.setArray(position, statement.getConnection().createArrayOf("text", texts.toArray(String[]::new)));
        }
    }
}
