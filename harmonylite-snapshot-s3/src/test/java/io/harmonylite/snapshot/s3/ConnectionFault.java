package io.harmonylite.snapshot.s3;

import java.util.Locale;

/**
 * What a {@link FaultProxy} does to one request and its answer.
 *
 * @param kind what
 * @param after after how many bytes of the request or of the answer
 * @param answer what is answered instead
 */
record ConnectionFault(Kind kind, long after, String answer) {

    /** What happens. */
    enum Kind {
        NONE,
        RESET_REQUEST,
        RESET_ANSWER,
        CUT_ANSWER,
        STALL_ANSWER,
        SLOW_ANSWER,
        ANSWER_AT_ONCE
    }

    /** Nothing: the request goes through. */
    static ConnectionFault none() {
        return new ConnectionFault(Kind.NONE, 0, "");
    }

    /** The connection is reset in the middle of the request. */
    static ConnectionFault resetRequestAfter(long bytes) {
        return new ConnectionFault(Kind.RESET_REQUEST, bytes, "");
    }

    /** The server does what it is asked, and the connection is reset before its answer comes through. */
    static ConnectionFault answerLost() {
        return resetAnswerAfter(0);
    }

    /** The connection is reset in the middle of the answer. */
    static ConnectionFault resetAnswerAfter(long bytes) {
        return new ConnectionFault(Kind.RESET_ANSWER, bytes, "");
    }

    /** The connection is closed in the middle of the answer, as if that were its end. */
    static ConnectionFault cutAnswerAfter(long bytes) {
        return new ConnectionFault(Kind.CUT_ANSWER, bytes, "");
    }

    /** The answer stops, and the connection stays open. */
    static ConnectionFault stallAnswerAfter(long bytes) {
        return new ConnectionFault(Kind.STALL_ANSWER, bytes, "");
    }

    /** The answer comes in small pieces with pauses between them. */
    static ConnectionFault slowAnswer() {
        return new ConnectionFault(Kind.SLOW_ANSWER, 0, "");
    }

    /** The server does not see the request; an answer of S3's form comes instead, after the whole request was read. */
    static ConnectionFault error(int status, String code, String... headers) {
        String body = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>planned: " + code
                + "</Message><RequestId>42</RequestId></Error>";
        String head = String.format(
                Locale.ROOT,
                "HTTP/1.1 %d planned\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n",
                status,
                body.length());
        StringBuilder answer = new StringBuilder(head);
        for (String header : headers) {
            answer.append(header).append("\r\n");
        }
        return new ConnectionFault(
                Kind.ANSWER_AT_ONCE, 0, answer.append("\r\n").append(body).toString());
    }
}
