package dev.londiste.replication.apply.bulk;

import dev.londiste.replication.apply.target.TargetColumn;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgArray;

/** The values of a column, or position, of many rows as one parameter of a statement, made at once. Immutable. */
public sealed interface ArrayParameter {

    void bind(PreparedStatement statement, int position) throws SQLException;

    /** For a parameter of the type {@link TargetColumn#sentAs()}. */
    static ArrayParameter of(TargetColumn column, List<String> values) {
        var type = column.arrayType() == null
                ? BinaryType.TEXT
                : BinaryType.of(column).orElse(null);
        return type == null ? new AsLiteral(ArrayLiteral.of(values)) : of(type, values);
    }

    /** Of an array of that type; empty when the text of a value is none that we read. */
    static Optional<ArrayParameter> binary(BinaryType type, List<String> values) {
        return Optional.ofNullable(BinaryArray.of(type, values)).map(bytes -> new AsBinary(bytes, type.arrayOid()));
    }

    private static ArrayParameter of(BinaryType type, List<String> values) {
        return binary(type, values).orElseGet(() -> new AsLiteral(ArrayLiteral.of(values)));
    }

    /** PostgreSQL's text of an array, of whatever type. */
    record AsLiteral(String literal) implements ArrayParameter {
        @Override
        public void bind(PreparedStatement statement, int position) throws SQLException {
            statement.setObject(position, literal, Types.OTHER);
        }
    }

    /** The server takes values with their lengths as they are, and looks for no quotes and digits. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares or prints parameters
    record AsBinary(byte[] bytes, int oid) implements ArrayParameter {
        @Override
        public void bind(PreparedStatement statement, int position) throws SQLException {
            var connection = statement.getConnection().unwrap(BaseConnection.class);
            statement.setArray(position, new PgArray(connection, oid, bytes));
        }
    }
}
