package lockstep.server.openapi;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text as HTML. */
final class Html {

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private Html() {}

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** One line of prose, in which backticks mark code. */
  static String prose(String text) {
    Matcher code = CODE.matcher(escape(text));
    return code.replaceAll(found -> code(Matcher.quoteReplacement(found.group(1))));
  }

  /** Paragraphs of prose, with empty lines between them. */
  static String paragraphs(String text) {
    StringBuilder html = new StringBuilder();
    for (String paragraph : text.split("\n\n", -1)) {
      html.append("<p>").append(prose(paragraph)).append("</p>\n");
    }
    return html.toString();
  }

  private static String code(String escaped) {
    return "<code>" + escaped + "</code>";
  }
}
