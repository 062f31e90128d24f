import { Painter } from 'brushwork';

const photo = document.querySelector('#photo');
const painter = await Painter.load();
const painting = await painter.paint(photo, { style: 'great-wave' });
document.querySelector('#painting').src = URL.createObjectURL(await painting.toBlob('image/png'));
