package io.harmonylite.snapshot.benchmarks.harness;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;

/**
 * A change of some rows of a {@link SampleDatabase}.
 *
 * @param name its name in a report
 * @param sql the statement
 */
record Change(String name, String sql) {

    private static final String UPDATE = "UPDATE orders SET attachment = randomblob(600) WHERE ";

    /** Returns changes of 0, 0.1, 1 and 10 % of the rows: neighbouring, appended, random. */
    static List<Change> all() {
        List<Change> changes = new ArrayList<>();
        changes.add(new Change("none", "SELECT 1"));
        for (int divisor : new int[] {1000, 100, 10}) {
            String share = 100.0 / divisor + " %, ";
            String first = "rowid <= (SELECT max(rowid) FROM orders) / " + divisor;
            changes.add(new Change(share + "neighbouring", UPDATE + first));
            changes.add(new Change(
                    share + "appended",
                    "INSERT INTO orders SELECT hex(randomblob(8)), customer, note, randomblob(600) FROM orders WHERE "
                            + first));
            changes.add(new Change(share + "random", UPDATE + "abs(random()) % " + divisor + " = 0"));
        }
        return changes;
    }

    void apply(Path database) throws Exception {
        try (Connection connection = SampleDatabase.open(database)) {
            SampleDatabase.execute(connection, sql);
        }
    }
}
