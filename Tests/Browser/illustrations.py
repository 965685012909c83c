"""Things for sale, drawn: photos for the screenshots' shop. Plain SVG, 640 by 480."""


def scene(wall, floor, drawing):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 480" width="640" height="480">'
            f'<rect width="640" height="480" fill="{wall}"/><rect y="372" width="640" height="108" fill="{floor}"/>{drawing}</svg>')


def line(points, colour, width):
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round" stroke-linecap="round"/>'


def ring(x, y, radius, colour, width, fill="none"):
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}" stroke="{colour}" stroke-width="{width}"/>'


def box(x, y, width, height, colour, round=6):
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{round}" fill="{colour}"/>'


def bike(colour):
    wheels = ring(205, 320, 82, "#2b2d2c", 9) + ring(445, 320, 82, "#2b2d2c", 9) + ring(205, 320, 6, "#2b2d2c", 6) + ring(445, 320, 6, "#2b2d2c", 6)
    frame = line("205,320 270,205 405,205 310,320 205,320", colour, 11) + line("262,180 310,320", colour, 11) + line("445,320 400,180 428,160", colour, 11)
    return wheels + frame + line("235,176 290,176", "#2b2d2c", 13) + line("408,158 444,164 448,186", "#2b2d2c", 9) + ring(310, 320, 18, "#2b2d2c", 7)


PICTURES = {
    "trek-520": scene("#dfe6e3", "#c4cdc8", bike("#1f6b55")),
    "kona-unit": scene("#ebe3d8", "#d4c6b4", bike("#c2542d")),
    "desk-lamp": scene("#e9e2d3", "#b98d5f", box(250, 356, 140, 18, "#b08a3c", 9) + line("320,356 250,250 370,165", "#b08a3c", 10)
                       + '<path d="M345 130l95 60-70 55z" fill="#caa24c"/><path d="M400 222l90 150H330z" fill="#fff3c4" opacity=".6"/>'),
    "walnut-table": scene("#e6e1db", "#cfc4b6", box(130, 210, 380, 26, "#6b4328", 4) + box(150, 236, 340, 52, "#7d5033", 2) + ring(320, 262, 7, "#d8b98f", 4)
                          + line("165,288 150,420", "#6b4328", 16) + line("475,288 490,420", "#6b4328", 16) + box(180, 150, 60, 60, "#8aa79b", 10) + line("210,150 195,95", "#5d7d5f", 6) + line("210,150 228,85", "#5d7d5f", 6)),
    "nikon-fm2": scene("#d9dde2", "#b9c0c8", box(170, 190, 300, 170, "#22252a", 18) + box(170, 215, 300, 34, "#b9bdc4", 0) + box(260, 160, 110, 50, "#b9bdc4", 12)
                       + ring(320, 285, 74, "#101214", 14, "#31363d") + ring(320, 285, 40, "#4d5662", 8, "#16191d") + box(200, 172, 36, 18, "#8d949d", 4) + box(410, 172, 40, 18, "#8d949d", 4)),
    "skillet": scene("#e7e4de", "#c9a77e", '<ellipse cx="290" cy="330" rx="165" ry="66" fill="#26282a"/><ellipse cx="290" cy="320" rx="146" ry="52" fill="#3a3d40"/>' + line("450,315 575,270", "#26282a", 26) + ring(565, 273, 5, "#c9a77e", 4)),
    "record-player": scene("#e2dcd5", "#a87c52", box(130, 220, 380, 150, "#6e4a2f", 8) + box(130, 206, 380, 60, "#3d4044", 8) + '<ellipse cx="285" cy="236" rx="118" ry="24" fill="#141516"/><ellipse cx="285" cy="236" rx="34" ry="7" fill="#c2542d"/>'
                           + line("455,215 450,235 360,240", "#d7d9dc", 6) + box(160, 320, 60, 20, "#8d6747", 4)),
    "acoustic-guitar": scene("#dde3e0", "#b8a48c", '<path d="M260 250c-60 0-80 50-70 95s60 70 120 70 110-25 118-70-10-95-70-95c-30 0-30-40-49-40s-19 40-49 40z" fill="#c98b45"/>' + ring(309, 318, 34, "#7b4d21", 6, "#2a1b10") + line("309,318 309,60", "#5c3a1c", 20) + box(290, 40, 38, 60, "#5c3a1c", 6) + line("270,372 348,372", "#5c3a1c", 10)),
    "la-pavoni": scene("#e4e6e8", "#c3a98b", box(240, 140, 150, 170, "#b23a2e", 16) + box(215, 372, 200, 20, "#8e2d24", 8) + box(255, 310, 120, 62, "#c9cdd2", 6) + line("315,140 315,95", "#c9cdd2", 14) + ring(315, 84, 14, "#22252a", 6, "#22252a") + line("390,250 470,250", "#22252a", 16) + box(330, 330, 50, 42, "#f4f1ea", 6)),
    "ceramic-planter": scene("#efe9df", "#d5c7b3", '<path d="M235 280h170l-22 122a14 14 0 0 1-14 10h-98a14 14 0 0 1-14-10z" fill="#5f9c92"/>' + box(222, 262, 196, 30, "#6fb0a5", 8)
                             + ''.join(line(points, "#3f7d4e", 12) for points in ("320,262 320,110", "320,230 250,140", "320,220 392,130", "320,250 225,200", "320,250 418,196"))),
    "keychron": scene("#d8dce3", "#b6bcc6", '<path d="M120 250h400l40 130H80z" fill="#2e3238"/>' + ''.join(
        box(142 + column * 37 - row * 9, 266 + row * 34, 29 + row, 22, "#e7e4dc" if (row + column) % 7 else "#d9753b", 4) for row in range(3) for column in range(10))),
    "down-bag": scene("#dbe4ea", "#9fb08f", '<path d="M120 330c0-70 60-90 200-90s220 30 220 80-80 80-220 80-200-10-200-70z" fill="#2f5d8c"/>' + ''.join(line(f"{x},248 {x - 12},394", "#244a70", 5) for x in range(220, 500, 55)) + '<ellipse cx="165" cy="320" rx="44" ry="52" fill="#d9753b"/>'),
    "graphic-novels": scene("#ece5da", "#a98058", ''.join(box(150 + place * 44, 392 - height, 38, height, colour, 3) + box(156 + place * 44, 410 - height, 26, 8, "#fff", 2) for place, (height, colour) in enumerate(
        ((230, "#a8201a"), (250, "#1f51b5"), (215, "#e0a526"), (240, "#2a6f5a"), (255, "#5b3a78"), (225, "#d9753b"), (245, "#22252a"), (210, "#3f8fa8"))))),
}
