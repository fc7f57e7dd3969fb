"""Running a plan: what mutates, and the two faces users see."""
