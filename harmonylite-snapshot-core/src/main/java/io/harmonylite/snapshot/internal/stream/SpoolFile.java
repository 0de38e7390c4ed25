package io.harmonylite.snapshot.internal.stream;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one stream in a scratch file: a length (4 bytes) and the message each. Never synced, because a crash
 * ends its use. One thread appends while another one reads.
 */
final class SpoolFile implements Closeable {

    private static final int LENGTH = 4;

    private final FileOperations files;
    private final Path file;
    private final String stream;
    private final @Nullable Instant created;
    private final FileChannel out;
    private final FileChannel in;
    private @Nullable StreamPosition first;
    private long last;
    private long end;
    private long readSequence;
    private long readOffset;

    /** Creates the file. {@code created} is the creation time of the stream. */
    SpoolFile(FileOperations files, Path file, String stream, @Nullable Instant created) throws IOException {
        this.files = files;
        this.file = file;
        this.stream = stream;
        this.created = created;
        this.out = files.create(file);
        try {
            this.in = files.openForRead(file);
        } catch (IOException e) {
            out.close();
            throw e;
        }
    }

    /** Returns the position of the first message; null if the file holds none. */
    synchronized @Nullable StreamPosition first() {
        return first;
    }

    /** Returns the sequence of the last message; 0 if the file holds none. */
    synchronized long last() {
        return last;
    }

    synchronized long bytes() {
        return end;
    }

    /** Appends a message, which follows the last one. A failure leaves the messages before it readable. */
    void append(StreamMessage message) throws IOException {
        ByteBuffer encoded = encode(message);
        long at = bytes();
        long length = encoded.remaining();
        files.write(out, encoded, at);
        synchronized (this) {
            if (first == null) {
                first = message.at();
                readSequence = first.sequence();
            }
            last = message.at().sequence();
            end = at + length;
        }
    }

    /** Returns the message with a sequence; empty if the file does not hold it. Fast if they are read in order. */
    Optional<StreamMessage> read(long sequence) throws IOException {
        synchronized (this) {
            if (first == null || sequence < first.sequence() || sequence > last) {
                return Optional.empty();
            }
            if (sequence < readSequence) {
                readSequence = first.sequence();
                readOffset = 0;
            }
        }
        while (true) {
            byte[] record = new byte[bytesAt(readOffset, LENGTH).getInt()];
            bytesAt(readOffset + LENGTH, record.length).get(record);
            readOffset += LENGTH + record.length;
            readSequence++;
            if (readSequence > sequence) {
                return Optional.of(decode(record));
            }
        }
    }

    private ByteBuffer bytesAt(long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (in.read(bytes, offset + bytes.position()) < 0) {
                throw new EOFException(file + " ends unexpectedly");
            }
        }
        return bytes.flip();
    }

    private static ByteBuffer encode(StreamMessage message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.data().length + 256);
        DataOutputStream record = new DataOutputStream(bytes);
        record.writeInt(0); // The length, set below.
        record.writeLong(message.at().sequence());
        Instant timestamp = message.at().timestamp();
        record.writeBoolean(timestamp != null);
        if (timestamp != null) {
            record.writeLong(timestamp.getEpochSecond());
            record.writeInt(timestamp.getNano());
        }
        record.writeUTF(message.subject());
        record.writeInt(message.headers().size());
        for (Map.Entry<String, List<String>> header : message.headers().entrySet()) {
            record.writeUTF(header.getKey());
            record.writeInt(header.getValue().size());
            for (String value : header.getValue()) {
                record.writeUTF(value);
            }
        }
        record.write(message.data());
        byte[] all = bytes.toByteArray();
        return ByteBuffer.wrap(all).putInt(0, all.length - LENGTH);
    }

    private StreamMessage decode(byte[] bytes) throws IOException {
        DataInputStream record = new DataInputStream(new ByteArrayInputStream(bytes));
        long sequence = record.readLong();
        Instant timestamp = record.readBoolean() ? Instant.ofEpochSecond(record.readLong(), record.readInt()) : null;
        String subject = record.readUTF();
        Map<String, List<String>> headers = new TreeMap<>();
        for (int left = record.readInt(); left > 0; left--) {
            String name = record.readUTF();
            List<String> values = new ArrayList<>();
            for (int more = record.readInt(); more > 0; more--) {
                values.add(record.readUTF());
            }
            headers.put(name, List.copyOf(values));
        }
        return StreamMessage.of(
                stream,
                new StreamPosition(sequence, timestamp, created),
                subject,
                Map.copyOf(headers),
                record.readAllBytes());
    }

    @Override
    public void close() throws IOException {
        try (out;
                in) {
            files.delete(file);
        }
    }
}
