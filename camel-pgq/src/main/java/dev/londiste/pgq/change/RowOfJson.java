package dev.londiste.pgq.change;

/**
 * A row that stays in its JSON until its values are asked for: a replay holds tens of thousands of them, most values are
 * asked for once, and those of rows that a later change replaces never.
 */
final class RowOfJson extends Row {

    private final String json;
    /** Where each value begins and ends. */
    private final int[] places;

    /**
     * @param json has no escapes
     * @param places two for each column; the end is 0 for a null
     */
    RowOfJson(ColumnNames columns, String json, int[] places) {
        super(columns);
        this.json = json;
        this.places = places;
    }

    @Override
    public String value(int index) {
        return isNull(index) ? null : json.substring(places[2 * index], places[2 * index + 1]);
    }

    @Override
    boolean isNull(int index) {
        return places[2 * index + 1] == 0;
    }

    @Override
    public int weight() {
        return 96 + json.length() + 4 * places.length;
    }
}
