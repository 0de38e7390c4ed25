package io.harmonylite.snapshot.s3;

import java.util.Locale;

/**
 * What a {@link FaultProxy} does to one request and its response.
 *
 * @param kind the kind of fault
 * @param after number of bytes of the request or response that pass before the fault
 * @param response the response sent instead of the server's
 */
record ConnectionFault(Kind kind, long after, String response) {

    /** The kinds of fault. */
    enum Kind {
        NONE,
        RESET_REQUEST,
        RESET_RESPONSE,
        TRUNCATE_RESPONSE,
        STALL_RESPONSE,
        SLOW_RESPONSE,
        RESPOND_AT_ONCE
    }

    /** Passes the request. */
    static ConnectionFault none() {
        return new ConnectionFault(Kind.NONE, 0, "");
    }

    /** Resets the connection in the middle of the request. */
    static ConnectionFault resetRequestAfter(long bytes) {
        return new ConnectionFault(Kind.RESET_REQUEST, bytes, "");
    }

    /** Resets the connection after the server has served the request and before its response passes. */
    static ConnectionFault responseLost() {
        return resetResponseAfter(0);
    }

    /** Resets the connection in the middle of the response. */
    static ConnectionFault resetResponseAfter(long bytes) {
        return new ConnectionFault(Kind.RESET_RESPONSE, bytes, "");
    }

    /** Closes the connection in the middle of the response, as if the response ended there. */
    static ConnectionFault truncateResponseAfter(long bytes) {
        return new ConnectionFault(Kind.TRUNCATE_RESPONSE, bytes, "");
    }

    /** Stops the response and keeps the connection open. */
    static ConnectionFault stallResponseAfter(long bytes) {
        return new ConnectionFault(Kind.STALL_RESPONSE, bytes, "");
    }

    /** Sends the response in small pieces with pauses. */
    static ConnectionFault slowResponse() {
        return new ConnectionFault(Kind.SLOW_RESPONSE, 0, "");
    }

    /** Reads the whole request and returns an S3 error response; the server does not receive the request. */
    static ConnectionFault error(int status, String code, String... headers) {
        String body = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>planned: " + code
                + "</Message><RequestId>42</RequestId></Error>";
        String head = String.format(
                Locale.ROOT,
                "HTTP/1.1 %d planned\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n",
                status,
                body.length());
        StringBuilder response = new StringBuilder(head);
        for (String header : headers) {
            response.append(header).append("\r\n");
        }
        return new ConnectionFault(
                Kind.RESPOND_AT_ONCE, 0, response.append("\r\n").append(body).toString());
    }
}
