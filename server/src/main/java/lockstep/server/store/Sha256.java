package lockstep.server.store;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.sqlite.Function;

/** SHA-256, here and in the database. */
public final class Sha256 {

  private static final String SQLITE_NAME = "lockstep_sha256";

  private Sha256() {}

  /** The digest of these, one after the other. */
  public static byte[] of(byte[]... parts) {
    MessageDigest digest = digest();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  /** The same for two values, computed by the database where it changes a row. */
  public static Field<byte[]> of(DSLContext db, Field<byte[]> first, Field<byte[]> second) {
    String sql =
        db.family() == SQLDialect.SQLITE ? SQLITE_NAME + "({0}, {1})" : "sha256({0} || {1})";
    return DSL.field(sql, SQLDataType.BLOB, first, second);
  }

  /** Gives a connection to SQLite the function that PostgreSQL has by itself. */
  static Connection addTo(Connection connection) throws SQLException {
    Function.create(connection, SQLITE_NAME, new OfTwo(), 2, Function.FLAG_DETERMINISTIC);
    return connection;
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static final class OfTwo extends Function {

    @Override
    protected void xFunc() throws SQLException {
      result(of(value_blob(0), value_blob(1)));
    }
  }
}
