package lockstep.server.members;

import lockstep.server.access.AssignableRole;
import lockstep.server.access.Caller;
import lockstep.server.http.ApiException;

/**
 * Which members are beyond a caller's reach, whatever its role lists: the owner, itself, and those
 * with global access for everybody who has not.
 */
final class MemberRules {

  private MemberRules() {}

  static void requireChangeable(Caller caller, StoredMember target) {
    if (target.isOwner()) {
      throw ApiException.forbidden(
          "The Owner's role cannot be changed via the API. Use the ownership transfer flow.");
    }
    if (isSelf(caller, target)) {
      throw ApiException.forbidden("You cannot update your own role.");
    }
    if (target.globalAccess() && !caller.globalAccess()) {
      throw ApiException.forbidden(
          caller.isMember()
              ? "You cannot update the role of a member with global access."
              : "Service accounts cannot modify members with global access.");
    }
  }

  static void requireAssignable(Caller caller, StoredMember target, AssignableRole role) {
    if (role.isOwner()) {
      throw ApiException.forbidden(
          "You cannot assign the Owner role directly. Use the ownership transfer flow.");
    }
    if (role.globalAccess() && !caller.globalAccess()) {
      throw ApiException.forbidden("You cannot assign the '" + role.name() + "' role.");
    }
    if (target.isPending() && role.needsFinishedAccount()) {
      throw ApiException.forbidden(
          "This member hasn't completed account setup yet — wait until they sign in for the first"
              + " time before assigning a role with global access or service account token"
              + " permissions.");
    }
  }

  static void requireRemovable(Caller caller, StoredMember target) {
    if (target.isOwner()) {
      throw ApiException.forbidden(
          "The Owner cannot be removed via the API. Use the ownership transfer flow.");
    }
    if (isSelf(caller, target)) {
      throw ApiException.forbidden("You cannot remove yourself from the organisation.");
    }
    if (target.globalAccess() && !caller.globalAccess()) {
      throw ApiException.forbidden(
          caller.isMember()
              ? "You cannot remove a member with a global access role."
              : "Service accounts cannot remove members with global access.");
    }
  }

  static void requireEditableAccess(StoredMember target) {
    if (target.globalAccess()) {
      throw ApiException.forbidden(
          "Access cannot be changed for members with a global access role.");
    }
    if (!target.hasUsableKey()) {
      throw ApiException.badRequest(
          "Member has not set up their identity key yet. They must log in to the console first.");
    }
  }

  private static boolean isSelf(Caller caller, StoredMember target) {
    return caller.account().equals(target.account());
  }
}
