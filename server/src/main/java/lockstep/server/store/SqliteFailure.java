package lockstep.server.store;

import org.jooq.exception.DataAccessException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Tells failures of the disk or of locking, which pass, from mistakes, which do not. */
final class SqliteFailure {

  private SqliteFailure() {}

  static RuntimeException translate(DataAccessException failure) {
    return isEnvironmental(failure)
        ? new StoreUnavailableException("the embedded database cannot work right now", failure)
        : failure;
  }

  static boolean isEnvironmental(DataAccessException failure) {
    SQLiteException cause = failure.getCause(SQLiteException.class);
    if (cause == null) {
      return false;
    }
    int primary = cause.getResultCode().code & 0xff;
    return primary == SQLiteErrorCode.SQLITE_FULL.code
        || primary == SQLiteErrorCode.SQLITE_IOERR.code
        || primary == SQLiteErrorCode.SQLITE_NOMEM.code
        || primary == SQLiteErrorCode.SQLITE_BUSY.code
        || primary == SQLiteErrorCode.SQLITE_READONLY.code
        || primary == SQLiteErrorCode.SQLITE_CANTOPEN.code
        || primary == SQLiteErrorCode.SQLITE_PROTOCOL.code;
  }
}
