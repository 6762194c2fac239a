"""What a plan means for the CFO: month by month, against owning servers, and against the bill that came."""
