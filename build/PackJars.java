import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * Rewrites the jars of a folder that the JDK's ahead-of-time cache leaves out, so that commands
 * start fast. It leaves out signed jars: their signatures are verified here, and then taken away.
 * And it leaves out classes from before Java 6, which have no stack maps: they get them. All other
 * jars stay as they are. Run by the pom of the command line with the project's JDK.
 */
public final class PackJars {

  /** The JDK verifies classes from this version on by their stack maps alone. */
  private static final int NEW_VERSION = ClassFile.JAVA_8_VERSION;

  private static final int OLDEST_CACHED_VERSION = ClassFile.JAVA_6_VERSION;

  private PackJars() {}

  public static void main(String[] arguments) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
      for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
        pack(jar);
      }
    }
  }

  private static void pack(Path path) throws IOException {
    Path packed = path.resolveSibling(path.getFileName() + ".packed");
    try (JarFile jar = new JarFile(path.toFile(), true)) {
      boolean signed = jar.stream().anyMatch(entry -> isSignature(entry.getName()));
      if (signed || hasOldClasses(jar)) {
        write(path, jar, signed, packed);
        Files.move(packed, path, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(packed);
    }
  }

  private static void write(Path path, JarFile jar, boolean signed, Path packed)
      throws IOException {
    try (URLClassLoader classes = new URLClassLoader(new URL[] {path.toUri().toURL()}, null);
        OutputStream file = new BufferedOutputStream(Files.newOutputStream(packed));
        JarOutputStream output = new JarOutputStream(file, unsigned(jar.getManifest()))) {
      ClassFile format = format(classes);
      Enumeration<JarEntry> entries = jar.entries();
      while (entries.hasMoreElements()) {
        JarEntry entry = entries.nextElement();
        String name = entry.getName();
        byte[] content = read(jar, entry);
        if (isSignature(name) || name.equals(JarFile.MANIFEST_NAME)) {
          continue;
        }
        if (signed && name.endsWith(".class") && entry.getCodeSigners() == null) {
          throw new IOException(path.getFileName() + ": " + name + " is not signed");
        }
        JarEntry copy = new JarEntry(name);
        copy.setTimeLocal(entry.getTimeLocal());
        output.putNextEntry(copy);
        output.write(isOldClass(name, content) ? renewed(format, content) : content);
        output.closeEntry();
      }
    }
  }

  /** Throws a {@link SecurityException} if the entry is signed and is not what was signed. */
  private static byte[] read(JarFile jar, JarEntry entry) throws IOException {
    try (InputStream input = jar.getInputStream(entry)) {
      return input.readAllBytes();
    }
  }

  private static Manifest unsigned(Manifest manifest) {
    Manifest unsigned = new Manifest();
    unsigned.getMainAttributes().putAll(manifest.getMainAttributes());
    return unsigned;
  }

  private static boolean isSignature(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return upper.startsWith("META-INF/")
        && upper.indexOf('/', "META-INF/".length()) < 0
        && List.of(".SF", ".RSA", ".DSA", ".EC").stream().anyMatch(upper::endsWith);
  }

  private static boolean hasOldClasses(JarFile jar) throws IOException {
    Enumeration<JarEntry> entries = jar.entries();
    while (entries.hasMoreElements()) {
      JarEntry entry = entries.nextElement();
      if (entry.getName().endsWith(".class") && isOldClass(entry.getName(), read(jar, entry))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOldClass(String name, byte[] content) {
    return name.endsWith(".class")
        && ((content[6] & 0xff) << 8 | (content[7] & 0xff)) < OLDEST_CACHED_VERSION;
  }

  private static ClassFile format(ClassLoader classes) {
    return ClassFile.of(
        ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
        ClassFile.ClassHierarchyResolverOption.of(
            ClassHierarchyResolver.ofResourceParsing(classes)
                .orElse(
                    ClassHierarchyResolver.ofResourceParsing(ClassLoader.getSystemClassLoader()))
                .cached()));
  }

  private static byte[] renewed(ClassFile format, byte[] content) {
    ClassModel old = format.parse(content);
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(NEW_VERSION, 0);
          } else {
            builder.with(element);
          }
        };
    // Bodies that are only copied would keep what they have: no stack maps.
    return format.transformClass(
        old, version.andThen(ClassTransform.transformingMethodBodies((b, e) -> b.with(e))));
  }
}
