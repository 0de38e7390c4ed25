package io.harmonylite.snapshot.s3;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.SdkHttpRequest;

/** Records every request that a client sends, including retries. Thread-safe. */
final class RequestCounter implements ExecutionInterceptor {

    private final List<String> operations = new ArrayList<>();
    private final List<SdkHttpRequest> requests = new ArrayList<>();

    @Override
    public synchronized void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        operations.add(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
        requests.add(context.httpRequest());
    }

    /** Returns the operations since the last call, in order. */
    synchronized List<String> take() {
        List<String> taken = List.copyOf(operations);
        operations.clear();
        requests.clear();
        return taken;
    }

    /** Returns the last request. */
    synchronized SdkHttpRequest last() {
        return requests.get(requests.size() - 1);
    }
}
