package io.harmonylite.snapshot.benchmarks.harness;

import java.util.List;
import java.util.Locale;

/** Medians of one database as bars, the spread as a line across each; colours tell limits, the original and ours apart. */
final class SvgPlot {

    private static final int LABELS = 240;
    private static final int BARS = 520;
    private static final int ROW = 26;
    private static final int TOP = 64;
    private static final int WIDTH = LABELS + BARS + 80;

    private final StringBuilder svg = new StringBuilder();
    private final double scale;

    private SvgPlot(double longest) {
        scale = BARS / longest;
    }

    static String of(Results results) {
        List<Series> timed = results.series().stream()
                .filter(series -> series.operation().group() != Operation.Group.WRITER)
                .toList();
        double longest = timed.stream()
                .mapToDouble(series -> series.max("seconds"))
                .max()
                .orElse(1);
        SvgPlot plot = new SvgPlot(longest);
        plot.head(results, timed.size());
        for (int row = 0; row < timed.size(); row++) {
            plot.bar(timed.get(row), TOP + row * ROW);
        }
        return plot.svg.append("</svg>\n").toString();
    }

    private void head(Results results, int rows) {
        int height = TOP + rows * ROW + 12;
        line(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"13\">",
                WIDTH, height, WIDTH, height);
        line("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
        line(
                "<text x=\"12\" y=\"22\" font-size=\"16\">Seconds on a database of %d MiB: shorter is better</text>",
                results.mebibytes());
        legend(12, Operation.Group.LIMIT, "what the machine can do");
        legend(220, Operation.Group.ORIGINAL, "the original (not compressed, not checked)");
        legend(530, Operation.Group.OURS, "this library (compressed, checked, durable)");
    }

    private void legend(int x, Operation.Group group, String text) {
        line("<rect x=\"%d\" y=\"36\" width=\"12\" height=\"12\" fill=\"%s\"/>", x, colour(group));
        line("<text x=\"%d\" y=\"47\">%s</text>", x + 18, text);
    }

    private void bar(Series series, int y) {
        double median = series.median("seconds");
        int middle = y + 8;
        line(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                LABELS - 8, y + 13, series.operation().name());
        line(
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"16\" fill=\"%s\"/>",
                LABELS, y, median * scale, colour(series.operation().group()));
        line(
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"black\"/>",
                LABELS + series.min("seconds") * scale, middle, LABELS + series.max("seconds") * scale, middle);
        line("<text x=\"%.1f\" y=\"%d\">%.2f</text>", LABELS + series.max("seconds") * scale + 6, y + 13, median);
    }

    private static String colour(Operation.Group group) {
        return switch (group) {
            case LIMIT -> "#b0b0b0";
            case ORIGINAL -> "#e0a030";
            case OURS, WRITER -> "#3070c0";
        };
    }

    private void line(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
