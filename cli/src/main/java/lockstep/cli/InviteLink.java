package lockstep.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lockstep.cli.api.CommandException;

/** The parts of the link of an invite. */
record InviteLink(String address, String id, String code) {

  private static final Pattern FORM =
      Pattern.compile(
          "(https?://.+)/invite/"
              + "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/([0-9a-f]{32})/?");

  static InviteLink parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new CommandException("this is no link of an invite; use it exactly as you got it");
    }
    return new InviteLink(matcher.group(1), matcher.group(2), matcher.group(3));
  }

  @Override
  public String toString() {
    return "InviteLink[" + address + ", " + id + ", code not shown]";
  }
}
