package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotIdTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "20261131T093000123Z",
                "20260229T093000123Z",
                "20261301T093000123Z",
                "20261124T240000000Z",
                "20261124T236000123Z"
            })
    void parse_impossibleTime_isRejected(String time) {
        assertThatThrownBy(() -> SnapshotId.parse(time + "-node_1-0123456789abcdef"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its time does not exist")
                .hasMessageContaining(time);
    }

    @Test
    void parse_composedId_isEqual() {
        Instant leapDay = Instant.parse("2028-02-29T23:59:59.999Z");
        SnapshotId id = SnapshotId.of(leapDay, "node_1", -1);
        assertThat(id).hasToString("20280229T235959999Z-node_1-ffffffffffffffff");
        assertThat(SnapshotId.parse(id.toString())).isEqualTo(id);
        assertThat(id.time()).isEqualTo(leapDay);
    }
}
