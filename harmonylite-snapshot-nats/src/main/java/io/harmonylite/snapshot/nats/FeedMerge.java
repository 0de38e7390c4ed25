package io.harmonylite.snapshot.nats;

import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses the stream whose next message comes first by server timestamp, then by name, once no other stream can still
 * have an earlier one: its server is asked after the message has arrived. Not thread-safe.
 */
final class FeedMerge {

    private final JetStreamApi api;
    private final List<FeedReader> readers;

    /** Creates a merge of streams that are ordered by name. */
    FeedMerge(JetStreamApi api, List<FeedReader> readers) {
        this.api = api;
        this.readers = readers;
    }

    /** Returns the stream to take from; empty if no message has arrived, or an earlier one is still to come. */
    Optional<FeedReader> next(long round) throws IOException, JetStreamApiException {
        FeedReader first = null;
        for (FeedReader reader : readers) {
            if (reader.hasHead() && (first == null || reader.headTime().isBefore(first.headTime()))) {
                first = reader;
            }
        }
        return first != null && allArePast(first, round) ? Optional.of(first) : Optional.empty();
    }

    private boolean allArePast(FeedReader first, long round) throws IOException, JetStreamApiException {
        Map<FeedReader, PendingReply> asked = new HashMap<>();
        for (FeedReader reader : readers) {
            if (!reader.isPast(first)) {
                asked.put(reader, api.askingFrom(reader.stream(), reader.taken().sequence() + 1));
            }
        }
        boolean all = true;
        for (Map.Entry<FeedReader, PendingReply> entry : asked.entrySet()) {
            all &= hasNoMore(entry.getKey(), entry.getValue(), round);
        }
        return all;
    }

    private boolean hasNoMore(FeedReader reader, PendingReply reply, long round)
            throws IOException, JetStreamApiException {
        if (api.messageOf(reply, reader.stream()).isPresent()) {
            return false;
        }
        reader.drained(round);
        return true;
    }
}
