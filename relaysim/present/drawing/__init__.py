"""Parts that several figures share: axes, boxes, labels, style."""
