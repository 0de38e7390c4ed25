package io.harmonylite.snapshot.examples;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An embedded S3 for the tests of one class, whose credentials the SDK finds on its own meanwhile. */
public final class S3Service implements BeforeAllCallback, AfterAllCallback {

    private static final String ACCESS_KEY = "aws.accessKeyId";
    private static final String SECRET_KEY = "aws.secretAccessKey";

    private EmbeddedS3 service;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        service = EmbeddedS3.start();
        setCredentials(service.credentials().secretAccessKey());
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        System.clearProperty(ACCESS_KEY);
        System.clearProperty(SECRET_KEY);
        service.close();
    }

    /** Makes the SDK find another secret. */
    public void setCredentials(String secretKey) {
        System.setProperty(ACCESS_KEY, service.credentials().accessKeyId());
        System.setProperty(SECRET_KEY, secretKey);
    }

    /** The secret that is right. */
    public String secretKey() {
        return service.credentials().secretAccessKey();
    }

    public String bucket() {
        return EmbeddedS3.BUCKET;
    }

    public String endpoint() {
        return service.endpoint().toString();
    }
}
