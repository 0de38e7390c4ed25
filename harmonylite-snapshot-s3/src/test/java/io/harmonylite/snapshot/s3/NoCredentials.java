package io.harmonylite.snapshot.s3;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;

/** A chain of credentials providers that finds no credentials. */
final class NoCredentials {

    private NoCredentials() {}

    static AwsCredentialsProvider provider() {
        return AwsCredentialsProviderChain.of(ProfileCredentialsProvider.create("no-such-profile-anywhere"));
    }
}
