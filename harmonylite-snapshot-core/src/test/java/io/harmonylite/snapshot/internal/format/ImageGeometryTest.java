package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageGeometryTest {

    @ParameterizedTest
    @CsvSource({"512, 1", "65536, 1", "512, 4294967294", "65536, 4294967294"})
    void of_validForSqlite_isAccepted(int pageSize, long pageCount) throws Exception {
        ImageGeometry geometry = new ImageGeometry(pageSize, pageCount);
        assertThat(ImageGeometry.of(pageSize, pageCount)).isEqualTo(geometry);
        assertThat(geometry.imageBytes()).isEqualTo(pageSize * pageCount);
    }

    @ParameterizedTest
    @CsvSource({"256, 1", "513, 1", "131072, 1", "0, 1", "-512, 1", "512, 0", "512, -1", "512, 4294967295"})
    void of_invalidForSqlite_isRejected(int pageSize, long pageCount) {
        assertThatThrownBy(() -> new ImageGeometry(pageSize, pageCount)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ImageGeometry.of(pageSize, pageCount)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @CsvSource({"1024, 2147483647", "512, 2147483647", "4096, 805306368", "65536, 50331648"})
    void isTakeable_atLimits_isTrueAndAboveFalse(int pageSize, long most) {
        assertThat(new ImageGeometry(pageSize, most).isTakeable()).isTrue();
        assertThat(new ImageGeometry(pageSize, most + 1).isTakeable()).isFalse();
    }

    @Test
    void lockBytePage_anyPageSize_isAtOneGibibyte() {
        for (int pageSize : new int[] {512, 4096, 65_536}) {
            ImageGeometry geometry = new ImageGeometry(pageSize, 1L << 22);
            long lockByte = (1L << 30) / pageSize + 1;
            assertThat(geometry.offsetOf(lockByte)).isEqualTo(1L << 30);
            assertThat(geometry.lockBytePage()).isEqualTo(lockByte);
        }
    }

    @ParameterizedTest
    @CsvSource({"4096, 1, 1, 1", "4096, 4096, 1, 4096", "4096, 4097, 2, 1", "512, 65536, 2, 32768", "65536, 257, 2, 1"})
    void leafCount_anyGeometry_isOnePerSixteenMebibytes(int pageSize, long pages, int leaves, int inTheLast) {
        ImageGeometry geometry = new ImageGeometry(pageSize, pages);
        assertThat(geometry.leafCount()).isEqualTo(leaves);
        assertThat(geometry.pagesIn(leaves - 1)).isEqualTo(inTheLast);
        assertThat(geometry.firstPage(leaves - 1)).isEqualTo(pages - inTheLast + 1);
        assertThat(geometry.firstPage(0)).isEqualTo(1);
        assertThat(geometry.pagesPerFrame() * pageSize).isEqualTo(1 << 20);
    }
}
