"""Master data: prefectures, municipalities, institutions, the areas of health centres, diseases."""
