import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
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

  /** What a file is, and what it should be. */
  private record Source(Path file, String text, String formatted) {}

  public static void main(String[] arguments) throws IOException {
    if (arguments[0].equals("skip")) {
      return;
    }
    boolean apply = arguments[0].equals("apply");
    // On all cores: nothing else can run meanwhile.
    List<Source> changed =
        sources(Path.of(".")).parallelStream()
            .map(Format::format)
            .filter(source -> !source.formatted().equals(source.text()))
            .toList();
    for (Source source : changed) {
      if (apply) {
        Files.writeString(source.file(), source.formatted());
      }
      System.err.println((apply ? "formatted " : "not formatted: ") + source.file());
    }
    if (!apply && !changed.isEmpty()) {
      System.err.println("run: mvn -q -N -Pformat process-sources");
      System.exit(1);
    }
  }

  private static Source format(Path file) {
    try {
      String text = Files.readString(file);
      String ordered =
          ImportOrderer.reorderImports(RemoveUnusedImports.removeUnusedImports(text), Style.GOOGLE);
      return new Source(file, text, new Formatter().formatSource(ordered));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (FormatterException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
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
