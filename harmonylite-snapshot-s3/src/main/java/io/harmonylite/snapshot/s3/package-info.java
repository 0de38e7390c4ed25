/** Stores on S3. */
@NullMarked
package io.harmonylite.snapshot.s3;

import org.jspecify.annotations.NullMarked;
