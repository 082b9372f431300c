"""How far a customer may owe: exposure, what waits for a decision, who is overdue."""
