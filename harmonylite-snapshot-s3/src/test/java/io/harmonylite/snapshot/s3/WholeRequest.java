package io.harmonylite.snapshot.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Collects the bytes of one HTTP request and detects its end. Not thread-safe. */
final class WholeRequest {

    private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: *([0-9]+)\r\n");

    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private String headers = "";
    private long bodyLeft = -1;

    void add(byte[] bytes, int count) {
        if (bodyLeft >= 0) {
            bodyLeft -= count;
            return;
        }
        head.write(bytes, 0, count);
        String text = head.toString(ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end >= 0) {
            headers = text.substring(0, end + 2).toLowerCase(Locale.ROOT);
            Matcher length = LENGTH.matcher(headers);
            bodyLeft = (length.find() ? Long.parseLong(length.group(1)) : 0) - (text.length() - end - 4);
        }
    }

    boolean expectsContinue() {
        return headers.contains("\r\nexpect: 100-continue\r\n");
    }

    boolean isComplete() {
        return bodyLeft == 0;
    }
}
