package io.harmonylite.snapshot.s3;

import java.io.IOException;
import java.util.List;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Error;

/** Deletes objects, one by one or in batches of a thousand. Immutable and thread-safe. */
final class S3Deletion {

    private static final int BATCH = 1000;
    private static final int NOT_IMPLEMENTED = 501;

    private final S3Client client;
    private final S3Requests requests;
    private final S3Failures failures;

    S3Deletion(S3Client client, S3Requests requests, S3Failures failures) {
        this.client = client;
        this.requests = requests;
        this.failures = failures;
    }

    void delete(String name) throws IOException {
        try {
            client.deleteObject(requests.delete(name));
        } catch (AwsServiceException e) {
            requireOnlyMissing(name, e);
        } catch (SdkException e) {
            throw failures.translate(name, e);
        }
    }

    /** Ignores a missing object, for which S3 reports success and some services report 404. */
    private void requireOnlyMissing(String name, AwsServiceException failure) throws IOException {
        boolean unnamed =
                failure.statusCode() == 404 && S3Failures.code(failure).equals(S3Failures.NO_CODE);
        if (!unnamed && !S3Failures.isMissingObject(failure)) {
            throw failures.translate(name, failure);
        }
    }

    void deleteAll(List<String> names) throws IOException {
        for (int from = 0; from < names.size(); from += BATCH) {
            deleteBatch(names.subList(from, Math.min(from + BATCH, names.size())));
        }
    }

    private void deleteBatch(List<String> names) throws IOException {
        try {
            requireNone(client.deleteObjects(requests.delete(names)).errors());
        } catch (AwsServiceException e) {
            if (e.statusCode() != NOT_IMPLEMENTED) {
                throw failures.translate(described(names), e);
            }
            for (String name : names) {
                delete(name);
            }
        } catch (SdkException e) {
            throw failures.translate(described(names), e);
        }
    }

    private void requireNone(List<S3Error> errors) throws IOException {
        for (S3Error error : errors) {
            if (!error.code().equals("NoSuchKey")) {
                throw failures.ofDeletion(error);
            }
        }
    }

    private static String described(List<String> names) {
        return names.size() == 1 ? names.get(0) : names.get(0) + " and " + (names.size() - 1) + " more";
    }
}
