package dev.londiste.pgq.change;

/** A row whose values stand on their own. */
final class RowOfValues extends Row {

    private final String[] values;

    RowOfValues(ColumnNames columns, String[] values) {
        super(columns);
        if (columns.size() != values.length) {
            throw new IllegalArgumentException(columns.size() + " columns but " + values.length + " values");
        }
        this.values = values;
    }

    @Override
    public String value(int index) {
        return values[index];
    }

    @Override
    boolean isNull(int index) {
        return values[index] == null;
    }

    @Override
    public int weight() {
        int weight = 40;
        for (var value : values) {
            weight += value == null ? 8 : 56 + value.length();
        }
        return weight;
    }
}
