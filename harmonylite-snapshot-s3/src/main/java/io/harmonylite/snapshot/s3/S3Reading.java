package io.harmonylite.snapshot.s3;

import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectName;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Reads objects, ranges of objects, their metadata, and lists of them. Immutable and thread-safe. */
final class S3Reading {

    private final S3Settings settings;
    private final String place;
    private final S3Client client;
    private final S3Requests requests;
    private final S3Failures failures;

    S3Reading(S3Settings settings, S3Client client, S3Requests requests, S3Failures failures) {
        this.settings = settings;
        this.place = settings.place();
        this.client = client;
        this.requests = requests;
        this.failures = failures;
    }

    InputStream open(String name) throws IOException {
        ResponseInputStream<GetObjectResponse> in = get(name, null);
        try {
            return body(in, name, lengthOf(in.response(), name));
        } catch (IOException e) {
            in.abort();
            throw e;
        }
    }

    InputStream open(String name, long offset, long length) throws IOException {
        if (length == 0) {
            return nothing(name, offset);
        }
        if (offset > Long.MAX_VALUE - length) {
            throw tooShort(name, offset, length);
        }
        String range = "bytes=" + offset + "-" + (offset + length - 1);
        ResponseInputStream<GetObjectResponse> in = get(name, range);
        try {
            requireRange(in.response(), name, offset, length);
        } catch (IOException e) {
            in.abort();
            throw e;
        }
        return body(in, name, length);
    }

    /** Returns an empty range of an object that is long enough. HTTP cannot request one. */
    private InputStream nothing(String name, long offset) throws IOException {
        if (offset > stat(name).size()) {
            throw tooShort(name, offset, 0);
        }
        return InputStream.nullInputStream();
    }

    private void requireRange(GetObjectResponse response, String name, long offset, long length) throws IOException {
        String range = response.contentRange();
        if (range == null || !range.startsWith("bytes " + offset + "-")) {
            throw new IOException(
                    place + " sent the range " + range + " of " + name + " instead of one from " + offset);
        }
        if (lengthOf(response, name) != length) {
            throw tooShort(name, offset, length);
        }
    }

    long lengthOf(GetObjectResponse response, String name) throws IOException {
        Long length = response.contentLength();
        if (length == null) {
            throw new IOException(
                    place + " sent " + name + " without its length; check for a proxy that alters responses");
        }
        return length;
    }

    private EOFException tooShort(String name, long offset, long length) {
        return new EOFException(name + " in " + place + " ends before " + length + " bytes from offset " + offset);
    }

    ResponseInputStream<GetObjectResponse> get(String name, @Nullable String range) throws IOException {
        try {
            return client.getObject(requests.get(name, range));
        } catch (SdkException e) {
            throw failures.translate(name, e);
        }
    }

    private InputStream body(ResponseInputStream<GetObjectResponse> in, String name, long length) {
        return new ObjectBody(in, failures, name, length);
    }

    ObjectInfo stat(String name) throws IOException {
        try {
            HeadObjectResponse head = client.headObject(requests.head(name));
            return new ObjectInfo(name, head.contentLength(), head.lastModified());
        } catch (S3Exception e) {
            throw e.statusCode() == 404 ? missing(name) : failures.translate(name, e);
        } catch (SdkException e) {
            throw failures.translate(name, e);
        }
    }

    /** Returns why an object was not found, by a GET request: the response to HEAD has no body that tells that. */
    private IOException missing(String name) {
        try {
            client.getObject(requests.get(name, null)).abort();
            return new IOException(name + " was put into " + place + " while it was looked up");
        } catch (SdkException e) {
            return failures.translate(name, e);
        }
    }

    List<ObjectInfo> list(String prefix) throws IOException {
        List<ObjectInfo> found = new ArrayList<>();
        String continuation = null;
        do {
            ListObjectsV2Response page = page(prefix, continuation);
            page.contents().forEach(object -> addIfOurs(object, found));
            continuation = page.nextContinuationToken();
        } while (continuation != null);
        // Directory buckets list in no particular order.
        found.sort(Comparator.comparing(ObjectInfo::name));
        return found;
    }

    private ListObjectsV2Response page(String prefix, @Nullable String continuation) throws IOException {
        try {
            return client.listObjectsV2(requests.list(prefix, continuation));
        } catch (SdkException e) {
            throw failures.translate("the listing of '" + prefix + "'", e);
        }
    }

    /** Adds an object, unless its key is not a valid object name, as the probe's is. */
    private void addIfOurs(S3Object object, List<ObjectInfo> found) {
        String name = object.key().substring(settings.root().length());
        if (ObjectName.isValid(name)) {
            found.add(new ObjectInfo(name, object.size(), object.lastModified()));
        }
    }
}
