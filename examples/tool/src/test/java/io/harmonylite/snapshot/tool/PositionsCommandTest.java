package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PositionsCommandTest {

    /** A map that HarmonyLite wrote for one stream. */
    private static final String HARMONYLITE = "a1776861726d6f6e796c6974652d6368616e6765732d632d311894";

    @TempDir
    Path directory;

    private Path map(String hex) throws IOException {
        return Files.write(directory.resolve("seq-map.cbor"), HexFormat.of().parseHex(hex));
    }

    private static Outcome positions(Path map, String... more) {
        return Tool.run(Tool.with(new String[] {"positions", "--sequence-map", map.toString()}, more));
    }

    @Test
    void positions_harmonyLiteMap_areShownAndNothingIsWritten() throws IOException {
        Path map = map(HARMONYLITE);
        assertThat(positions(map).succeeded().out()).isEqualTo("harmonylite-changes-c-1 148\n");
        JsonNode json = positions(map, "--json").json();
        assertThat(json).isEqualTo(Tool.json("{\"positions\": {\"harmonylite-changes-c-1\": {\"sequence\": 148}}}"));
        try (Stream<Path> names = Files.list(directory)) {
            assertThat(names).containsExactly(map);
        }
    }

    @Test
    void positions_mapInUse_areShownWithKnownFields() {
        Path file = directory.resolve("map");
        Instant created = Instant.parse("2026-11-24T09:30:00Z");
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.applied("changes", new StreamPosition(1, created.plusSeconds(1), created));
            JsonNode json = positions(file, "--json").json();
            assertThat(json.at("/positions/changes/sequence").asLong()).isEqualTo(1);
            assertThat(json.at("/positions/changes/streamCreated").asText()).isEqualTo("2026-11-24T09:30:00Z");
        }
    }

    @Test
    void positions_emptyMap_areNone() throws IOException {
        assertThat(positions(map("")).succeeded().out()).isEqualTo("No positions\n");
        assertThat(positions(map(""), "--json").json().get("positions")).isEmpty();
    }

    @Test
    void positions_bytesAfterTheMap_areReported() throws IOException {
        Outcome outcome = positions(map("a165622d632d3107" + "6e67"));
        assertThat(outcome).returns(0, Outcome::status).returns("b-c-1 7\n", Outcome::out);
        assertThat(outcome.err()).contains("2 bytes follow the map", "two processes may be writing the file");
    }

    @Test
    void positions_damagedMap_isStatus4() throws IOException {
        Outcome outcome = positions(map("000000000000"));
        assertThat(outcome.status()).isEqualTo(4);
        assertThat(outcome.err()).contains("is damaged, or another kind of file", "move it away and recover");
    }

    @Test
    void positions_missingMap_isStatus3AndIsNotCreated() {
        Path map = directory.resolve("none");
        Outcome outcome = positions(map);
        assertThat(outcome.status()).isEqualTo(3);
        assertThat(outcome.err()).contains("the sequence map does not exist", map.toString());
        assertThat(directory).isEmptyDirectory();
    }
}
