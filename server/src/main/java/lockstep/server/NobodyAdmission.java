package lockstep.server;

import lockstep.server.access.Caller;
import lockstep.server.http.Access;
import lockstep.server.http.Admission;
import lockstep.server.http.ApiException;
import lockstep.server.http.Call;

/** For a server whose routes are all public: knows nobody. */
final class NobodyAdmission implements Admission<Caller> {

  @Override
  public Caller authenticate(Call call, Access access) {
    throw ApiException.unauthorized("Invalid token");
  }

  @Override
  public void admit(Caller caller, Call call) {
    throw ApiException.forbidden("Nobody has access here.");
  }
}
