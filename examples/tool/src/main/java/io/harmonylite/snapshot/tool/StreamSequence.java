package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import java.util.List;

/**
 * A position from the command line.
 *
 * @param stream name of the stream
 * @param sequence sequence of the last applied message
 */
record StreamSequence(String stream, long sequence) {

    /**
     * Parses {@code STREAM=SEQUENCE}.
     *
     * @throws IllegalArgumentException if the text is not of that form
     */
    static StreamSequence parse(String text) {
        int separator = text.lastIndexOf('=');
        try {
            StreamSequence parsed = new StreamSequence(
                    text.substring(0, Math.max(0, separator)), Long.parseLong(text.substring(separator + 1)));
            Positions.of(parsed.stream, StreamPosition.at(parsed.sequence));
            return parsed;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "not a position: '" + text + "'; write the stream's name and a sequence, as in changes-1=42", e);
        }
    }

    /**
     * Combines positions of several streams.
     *
     * @throws IllegalArgumentException if a stream has two positions
     */
    static Positions positions(List<StreamSequence> sequences) {
        Positions positions = Positions.none();
        for (StreamSequence each : sequences) {
            if (positions.of(each.stream).isPresent()) {
                throw new IllegalArgumentException("stream '" + each.stream + "' has two positions; give one");
            }
            positions = positions.with(each.stream, StreamPosition.at(each.sequence));
        }
        return positions;
    }
}
