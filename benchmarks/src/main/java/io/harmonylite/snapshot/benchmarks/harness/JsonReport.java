package io.harmonylite.snapshot.benchmarks.harness;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

/** The results with every single run, for programs. */
final class JsonReport {

    private JsonReport() {}

    static String of(String about, List<Results> all) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            out.writeStartObject();
            out.writeStringField("about", about);
            out.writeArrayFieldStart("databases");
            for (Results results : all) {
                write(out, results);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        return text + "\n";
    }

    private static void write(JsonGenerator out, Results results) throws IOException {
        out.writeStartObject();
        out.writeNumberField("mebibytes", results.mebibytes());
        out.writeNumberField("bytes", results.databaseBytes());
        out.writeArrayFieldStart("operations");
        for (Series series : results.series()) {
            write(out, series);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, Series series) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", series.operation().name());
        out.writeStringField("group", series.operation().group().name());
        for (String figure : series.figures()) {
            out.writeFieldName(figure);
            double[] sorted = series.sorted(figure).stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            out.writeArray(sorted, 0, sorted.length);
        }
        out.writeEndObject();
    }
}
