package io.harmonylite.snapshot.tool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/** Builds HTML. Every text and attribute value is escaped, so names from a store or a stream cannot add markup. */
final class Html {

    /** Elements after which a line break would show as a space. */
    private static final Set<String> INLINE = Set.of("b", "i");

    private final StringBuilder page = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /** Starts with a text that is not escaped. */
    Html(String start) {
        page.append(start);
    }

    /** Opens an element. Attributes are names, each followed by its value. */
    Html open(String element, String... attributes) {
        page.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            page.append(' ')
                    .append(attributes[i])
                    .append("=\"")
                    .append(escape(attributes[i + 1]))
                    .append('"');
        }
        page.append('>');
        open.push(element);
        return this;
    }

    /** Closes the last open element. */
    Html close() {
        String element = open.pop();
        page.append("</").append(element).append(INLINE.contains(element) ? ">" : ">\n");
        return this;
    }

    /** Adds a text. */
    Html text(Object text) {
        page.append(escape(text.toString()));
        return this;
    }

    /** Adds an element that contains a text. */
    Html element(String element, Object text, String... attributes) {
        return open(element, attributes).text(text).close();
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        Secrets.hide(text).codePoints().forEach(character -> {
            switch (character) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isShown(character) ? character : '\uFFFD');
            }
        });
        return escaped.toString();
    }

    /** Returns whether a character is no control, no override of the direction of text, and no half of a character. */
    private static boolean isShown(int character) {
        int type = Character.getType(character);
        return character == '\n'
                || (type != Character.CONTROL && type != Character.FORMAT && type != Character.SURROGATE);
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
