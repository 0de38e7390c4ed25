package io.harmonylite.snapshot.s3;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;

/** Removes a header from each request, as if the service ignored it. Thread-safe. */
final class HeaderRemover implements ExecutionInterceptor {

    private final String header;

    HeaderRemover(String header) {
        this.header = header;
    }

    @Override
    public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
        return context.httpRequest().toBuilder().removeHeader(header).build();
    }
}
