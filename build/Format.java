import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks ({@code check}) or restores ({@code apply}) the layout of every Java source below the
 * current folder. Run by the root pom with the project's JDK; needs nothing but google-java-format.
 */
public final class Format {

  private static final Formatter FORMATTER = new Formatter();

  public static void main(String[] arguments) throws IOException, FormatterException {
    if (arguments[0].equals("skip")) {
      return;
    }
    boolean apply = arguments[0].equals("apply");
    List<Path> changed = new ArrayList<>();
    for (Path file : sources(Path.of("."))) {
      String text = Files.readString(file);
      String formatted = format(file, text);
      if (!formatted.equals(text)) {
        changed.add(file);
        if (apply) {
          Files.writeString(file, formatted);
        }
      }
    }
    changed.forEach(file -> System.err.println((apply ? "formatted " : "not formatted: ") + file));
    if (!apply && !changed.isEmpty()) {
      System.err.println("run: mvn -q -N -Pformat process-sources");
      System.exit(1);
    }
  }

  private static String format(Path file, String text) throws FormatterException {
    try {
      String ordered =
          ImportOrderer.reorderImports(RemoveUnusedImports.removeUnusedImports(text), Style.GOOGLE);
      return FORMATTER.formatSource(ordered);
    } catch (FormatterException e) {
      System.err.println(file + ": " + e.getMessage());
      throw e;
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    List<Path> sources = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            boolean skipped =
                name.equals("target")
                    || name.equals("node_modules")
                    || name.length() > 1 && name.startsWith(".");
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              sources.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return sources;
  }
}
