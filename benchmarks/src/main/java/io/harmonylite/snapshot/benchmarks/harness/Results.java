package io.harmonylite.snapshot.benchmarks.harness;

import java.util.List;

/**
 * Everything measured on one database. Immutable but for the series in it.
 *
 * @param mebibytes size asked for
 * @param databaseBytes size it has
 * @param series one for each operation, in order
 */
record Results(int mebibytes, long databaseBytes, List<Series> series) {

    Series of(String operation) {
        return series.stream()
                .filter(one -> one.operation().name().equals(operation))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not measured: " + operation));
    }

    double seconds(String operation) {
        return of(operation).median("seconds");
    }
}
